// Name: Two files in one
// Says: your download() puts a new file behind what it has of an old one
// Caught-by: Use13e_Download.BeginsAnewWhenTheFileHasChanged

//: use-13e
void begin(const http::Response& response, Download& into) {
  if (response.status == 200) {
    into.tag = response.headers.get("ETag").value_or("");
    if (into.tag.starts_with("W/")) into.tag.clear();  // a weak one: the bytes may differ
    return;
  }
  const std::string from = "bytes " + std::to_string(into.bytes.size()) + "-";
  const std::string_view range = response.headers.get("Content-Range").value_or("");
  if (response.status != 206 || !range.starts_with(from)) {
    throw NoFile("the server answers " + std::to_string(response.status));
  }
}
