#!/bin/sh
# The gateway knows no secrets in files; this reads them for it. The image's own start makes its arguments of VGW_*.
set -eu
ROOT_ACCESS_KEY=$(cat "${S3_ACCESS_KEY_FILE}")
ROOT_SECRET_KEY=$(cat "${S3_SECRET_KEY_FILE}")
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
exec docker-entrypoint.sh
