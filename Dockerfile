# One image with every binary; docker-compose.yml says which one a container runs.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /vitrine
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/vitrine/target \
    cargo build --locked --profile dist --workspace --bins \
    && mkdir /out \
    && cp target/dist/auth target/dist/catalog target/dist/order target/dist/payment \
          target/dist/recommendation target/dist/events target/dist/gateway target/dist/vitrine /out/

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 vitrine \
    && install --directory --owner=vitrine /media /index
COPY --from=build /out/ /usr/local/bin/
USER vitrine
