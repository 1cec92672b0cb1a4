# The mock, on port 8010 of its container: docker build -t aiimage-mock . && docker run --rm -p 127.0.0.1:8010:8010 aiimage-mock
FROM python:3.13-slim AS build
ENV PIP_BUILD_CONSTRAINT=/src/constraints.txt \
    PIP_CONSTRAINT=/src/constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# The dependencies first: a change of the source leaves their layer as it is.
COPY constraints.txt pyproject.toml ./
RUN python -m venv --without-pip /opt/aiimage-mock \
    && python -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
        print(*p["dependencies"], *p["optional-dependencies"]["redis"], sep="\n")' > requirements.txt \
    && pip --python /opt/aiimage-mock/bin/python install --requirement requirements.txt
COPY . .
RUN pip wheel --no-deps --wheel-dir /wheels . \
    && pip --python /opt/aiimage-mock/bin/python install --no-deps /wheels/*.whl

FROM python:3.13-slim
COPY --from=build /opt/aiimage-mock /opt/aiimage-mock
# A release sets them: make release writes them to dist/image.args.
ARG VERSION REVISION CREATED
LABEL org.opencontainers.image.title="aiimage-mock" \
      org.opencontainers.image.description="A stateful mock server of the AI Image API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED
# Beyond loopback the control API is off unless AIIMAGE_MOCK_ADMIN_TOKEN is set.
ENV AIIMAGE_MOCK_HOST=0.0.0.0 \
    PATH=/opt/aiimage-mock/bin:$PATH
USER 10001:10001
EXPOSE 8010
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s CMD ["aiimage-mock", "health"]
ENTRYPOINT ["aiimage-mock"]
CMD ["serve"]
