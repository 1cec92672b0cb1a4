// Two clients from one document: orval would send both media types of a body as JSON,
// https://github.com/orval-labs/orval/issues/2812

const client = (name, contentType) => ({
  input: 'openapi.yaml',
  output: {
    target: `generated/orval_${name}.ts`,
    client: 'fetch',
    baseUrl: { runtime: "process.env['AIIMAGE_BASE_URL'] ?? 'http://127.0.0.1:8010/api/v1'" },
    override: { contentType: { include: [contentType] } },
  },
});

export default {
  json: client('json', 'application/json'),
  form: client('form', 'multipart/form-data'),
};
