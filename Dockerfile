# The production program alone. It has no cgo, no shell and no default secret.
FROM golang:1.26.8-bookworm AS build
WORKDIR /source
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X bangfu/cmd/internal/version.Number=${VERSION}" -o /bangfu ./cmd/bangfu \
 && mkdir -p /files

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /bangfu /usr/local/bin/bangfu
# A volume that is mounted here for the first time takes over this owner.
COPY --from=build --chown=nonroot:nonroot /files /var/lib/bangfu/files
USER nonroot
ENTRYPOINT ["/usr/local/bin/bangfu"]
CMD ["--help"]
