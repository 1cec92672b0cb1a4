FROM python:3.13-slim
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt '.[redis]' && rm -rf /src
WORKDIR /
USER nobody
EXPOSE 8010
ENTRYPOINT ["aiimage-mock"]
CMD ["serve", "--host", "0.0.0.0"]
