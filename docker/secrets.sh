#!/bin/sh
# Make the secrets that compose.yaml names. What is there stays; the mail server's address is yours to write.
set -eu
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
umask 077
mkdir -p "$folder"
for name in secret_key postgres_password owner_password database_password email_url; do
    [ -e "$folder/$name" ] && continue
    made="$folder/$name.new"
    if [ "$name" = email_url ]; then : >"$made"; else head -c 48 /dev/urandom | base64 | tr -d '\n+/=' >"$made"; fi
    chmod 0444 "$made" # the folder keeps strangers out; the users inside the containers must get in
    mv "$made" "$folder/$name"
done
echo "Secrets are in $folder. Write the address of your mail server into email_url, such as"
echo "smtp://user:password@mail.example:587?tls=1"
