// Name: Staying goes unsaid
// Says: your append_connection() does not tell a peer of HTTP/1.0 that the connection stays open
// Caught-by: Step2_Connection.SaysThatItStaysToWhoWouldNotBelieveIt

//: 13.2
inline void Connection::append_connection(std::string& out, const Headers& headers) {
  if (!keeps_alive(headers, 1)) {
    keep_alive_ = false;
  } else if (!keep_alive_) {
    out.append("Connection: close\r\n");
  }
}
