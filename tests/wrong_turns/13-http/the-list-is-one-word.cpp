// Name: The list is one word
// Says: your websocket_response() takes Connection for one word; it is a list
// Caught-by: Step6_Handshake.OpensForABrowser

//: 13.6
inline Response websocket_response(const Request& request, const AcceptsOrigin& accepts) {
  const Headers& headers = request.headers;
  if (request.method != "GET") {
    Response refusal = detail::websocket_refusal(405, "a WebSocket is opened with GET");
    refusal.headers.add("Allow", "GET");
    return refusal;
  }
  if (request.minor < 1 || !headers.has_token("Upgrade", "websocket") ||
      headers.get("Connection") != "Upgrade") {
    return detail::websocket_refusal(400, "this is a WebSocket, and the request asks for none");
  }
  if (headers.count("Sec-WebSocket-Version") != 1 || headers.get("Sec-WebSocket-Version") != "13") {
    Response refusal = detail::websocket_refusal(426, "the version of WebSocket must be 13");
    refusal.headers.add("Sec-WebSocket-Version", "13");
    refusal.headers.add("Upgrade", "websocket");
    refusal.headers.add("Connection", "Upgrade");
    return refusal;
  }
  const auto key = headers.get("Sec-WebSocket-Key");
  if (headers.count("Sec-WebSocket-Key") != 1 || !detail::is_websocket_key(*key)) {
    return detail::websocket_refusal(400, "Sec-WebSocket-Key must be the Base64 of 16 bytes");
  }
  if (accepts && !accepts(request)) {
    return detail::websocket_refusal(403, "pages of this origin may not open a WebSocket here");
  }
  Response welcome(101);
  welcome.headers.add("Upgrade", "websocket");
  welcome.headers.add("Connection", "Upgrade");
  welcome.headers.add("Sec-WebSocket-Accept", detail::accept_for(*key));
  return welcome;
}
