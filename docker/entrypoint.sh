#!/bin/sh
# What a container is: web | worker | answers | beat | migrate, or any command of manage.py.
set -eu
cd "$(dirname "$0")/.."
case "${1:-web}" in
    web) exec python manage.py run web --host 0.0.0.0 --port "${PORT:-8000}" ;;
    worker | answers | beat) exec python manage.py run "$1" ;;
    migrate) exec python manage.py migrate --no-input ;;
    *) exec python manage.py "$@" ;;
esac
