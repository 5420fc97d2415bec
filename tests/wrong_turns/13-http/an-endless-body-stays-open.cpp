// Name: An endless body stays open
// Says: your write_head() keeps a connection open whose end is the end of the body
// Caught-by: Step2_Connection.EndsWithABodyWithoutALength

//: 13.2
inline void Connection::write_head(const Response& response, bool with_body,
                                   const detail::Framing& framing, std::string_view more) {
  check_may_write_head();
  const detail::Framing own = detail::own_framing(response.headers);
  const bool is_own = own.chunked || own.length;
  std::string& out = work().output;
  detail::append_status_line(out, response);
  outgoing_.begin(is_own ? own : framing, with_body);
  out.append(response.headers.text()).append(more);
  if (!is_own) detail::append_framing(out, response.status, framing);
  append_connection(out, response.headers);
  out.append("\r\n");
}
