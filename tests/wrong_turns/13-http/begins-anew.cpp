// Name: Begins anew
// Says: your download() asks for all of the file again after a failure
// Caught-by: Use13e_Download.GoesOnWhereItStopped

//: use-13e
http::RequestOptions rest_of(const Download& known) {
  http::RequestOptions options;
  options.headers.add("Accept-Encoding", "identity");
  return options;
}
