#!/bin/sh
# Make the secrets that compose.yaml names. What is there stays; the mail server's address is yours to write.
set -eu
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
umask 077
mkdir -p "$folder"
for name in secret_key root_key postgres_password owner_password database_password email_url; do
    [ -e "$folder/$name" ] && continue
    made="$folder/$name.new"
    case "$name" in
        email_url) : >"$made" ;;
        root_key) head -c 32 /dev/urandom >"$made" ;;
        *) head -c 48 /dev/urandom | base64 | tr -d '\n+/=' >"$made" ;;
    esac
    chmod 0444 "$made" # the folder keeps strangers out; the users inside the containers must get in
    mv "$made" "$folder/$name"
done
# The root key is for the user of LexAI's image alone, where whoever runs this may give files away.
if chown 10001 "$folder/root_key" 2>/dev/null; then chmod 0400 "$folder/root_key"; else chmod 0444 "$folder/root_key"; fi
echo "Secrets are in $folder. Write the address of your mail server into email_url, such as"
echo "smtp://user:password@mail.example:587?tls=1"
echo "Keep a copy of root_key elsewhere: without it nothing that LexAI stores can ever be read."
