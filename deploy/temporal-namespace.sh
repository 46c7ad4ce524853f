#!/bin/sh
# Makes sure of the namespace. A closed run stays readable for a year; the
# archive keeps everything for good.
set -eu
temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
	temporal operator namespace create --namespace "$NAMESPACE" --retention 365d
