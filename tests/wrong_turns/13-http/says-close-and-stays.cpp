// Name: Says close, and stays
// Says: your append_connection() keeps a connection open although the program's headers say that
//   it closes
// Caught-by: Step2_Connection.DoesWhatTheHeadersOfAProgramSay

//: 13.2
inline void Connection::append_connection(std::string& out, const Headers& headers) {
  if (!keeps_alive(headers, 1)) {
  } else if (!keep_alive_) {
    out.append("Connection: close\r\n");
  } else if (peer_minor_ == 0 && !headers.contains("Connection")) {
    out.append("Connection: keep-alive\r\n");
  }
}
