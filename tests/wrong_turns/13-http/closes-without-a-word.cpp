// Name: Closes without a word
// Says: your append_connection() does not say that the connection closes
// Caught-by: Step2_Connection.SaysWhenItCloses, Step2_Connection.EndsWithABodyWithoutALength

//: 13.2
inline void Connection::append_connection(std::string& out, const Headers& headers) {
  if (!keeps_alive(headers, 1)) {
    keep_alive_ = false;
  } else if (keep_alive_ && peer_minor_ == 0 && !headers.contains("Connection")) {
    out.append("Connection: keep-alive\r\n");
  }
}
