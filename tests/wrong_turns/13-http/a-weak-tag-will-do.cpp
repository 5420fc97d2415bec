// Name: A weak tag will do
// Says: your begin() keeps a weak tag, and goes on with a file whose bytes may differ
// Caught-by: Use13e_Download.BeginsAnewAfterAWeakTag

//: use-13e
void begin(const http::Response& response, Download& into) {
  if (response.status == 200) {
    into.bytes.clear();
    into.tag = response.headers.get("ETag").value_or("");
    return;
  }
  const std::string from = "bytes " + std::to_string(into.bytes.size()) + "-";
  const std::string_view range = response.headers.get("Content-Range").value_or("");
  if (response.status != 206 || !range.starts_with(from)) {
    throw NoFile("the server answers " + std::to_string(response.status));
  }
}
