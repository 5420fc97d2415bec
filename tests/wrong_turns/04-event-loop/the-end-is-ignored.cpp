// Name: Ignoring the end of the stream
// Says: you take a read of 0 bytes for "nothing yet": the reader is called again and again
// Caught-by: Use4c_Shouter.TheEndOfTheStreamIsAnEvent

//: use-4c
void Shouter::read_some() {
  char bytes[1024];
  const ssize_t count = ::recv(connection_.get(), bytes, sizeof bytes, 0);
  if (count <= 0) return;
  arrived_.append(bytes, static_cast<std::size_t>(count));
  answer_lines();
  wait_for_more();
}
