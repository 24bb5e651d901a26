// Redirects of the app to itself stay on HTTPS and on the host that the viewer used. CloudFront speaks HTTP to a
// private origin, which then redirects to http://, and a client would repeat its request, with its body and token, in
// clear text. A public origin does not know the viewer's host at all, and redirects to its own, past the front door.
var ORIGINS = [];
function handler(event) {
  var response = event.response;
  var location = response.headers.location;
  var host = event.request.headers.host;
  if (location && host) {
    var bases = ['http://' + host.value].concat(ORIGINS);
    for (var i = 0; i < bases.length; i++) {
      var next = location.value.charAt(bases[i].length);
      if (location.value.indexOf(bases[i]) === 0 && (next === '' || next === '/' || next === '?' || next === '#')) {
        response.headers.location = { value: 'https://' + host.value + location.value.slice(bases[i].length) };
        break;
      }
    }
  }
  return response;
}
