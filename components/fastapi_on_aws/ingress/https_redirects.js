// CloudFront speaks HTTP to a private origin, so an app that redirects to its own address sends the viewer to http://.
// A client that follows such a redirect would repeat its request, with its body and token, in clear text.
function handler(event) {
  var response = event.response;
  var location = response.headers.location;
  var host = event.request.headers.host;
  if (location && host) {
    var insecure = 'http://' + host.value;
    var target = location.value;
    var next = target.charAt(insecure.length);
    if (target.indexOf(insecure) === 0 && (next === '' || next === '/' || next === '?' || next === '#')) {
      response.headers.location = { value: 'https://' + host.value + target.slice(insecure.length) };
    }
  }
  return response;
}
