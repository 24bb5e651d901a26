// A public origin is asked by its own name, and sees an edge location for a client. These headers tell it what the
// viewer used; whatever the viewer sent under these names is overwritten.
function handler(event) {
  var request = event.request;
  request.headers['x-front-door-host'] = { value: request.headers.host.value };
  request.headers['x-front-door-client'] = { value: event.viewer.ip };
  return request;
}
