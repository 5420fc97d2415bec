// Name: A part of a gzip
// Says: your download() lets the server send a coded body: its parts are no parts of the file
// Caught-by: Use13e_Download.TellsHowFarItIs

//: use-13e
http::RequestOptions rest_of(const Download& known) {
  http::RequestOptions options;
  if (known.bytes.empty() || known.tag.empty()) return options;
  options.headers.add("Range", "bytes=" + std::to_string(known.bytes.size()) + "-");
  options.headers.add("If-Range", known.tag);
  return options;
}
