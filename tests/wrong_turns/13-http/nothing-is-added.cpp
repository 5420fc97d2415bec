// Name: Nothing is added
// Says: your write_head() leaves out the lines that are to be added
// Caught-by: Step2_Response.HasTheLinesThatAreToBeAdded

//: 13.2
inline void Connection::write_head(const Response& response, bool with_body,
                                   const detail::Framing& framing, std::string_view more) {
  static_cast<void>(more);
  check_may_write_head();
  const detail::Framing own = detail::own_framing(response.headers);
  const bool is_own = own.chunked || own.length;
  std::string& out = work().output;
  detail::append_status_line(out, response);
  outgoing_.begin(is_own ? own : framing, with_body);
  if (outgoing_.kind() == detail::Outgoing::Kind::until_close) keep_alive_ = false;
  out.append(response.headers.text());
  if (!is_own) detail::append_framing(out, response.status, framing);
  append_connection(out, response.headers);
  out.append("\r\n");
}
