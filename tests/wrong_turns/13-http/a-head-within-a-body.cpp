// Name: A head within a body
// Says: your write_head() does not look whether the body before is finished: check_may_write_head()
// Caught-by: Step2_Response.ComesWhenTheOneBeforeIsFinished

//: 13.2
inline void Connection::write_head(const Response& response, bool with_body,
                                   const detail::Framing& framing, std::string_view more) {
  const detail::Framing own = detail::own_framing(response.headers);
  const bool is_own = own.chunked || own.length;
  std::string& out = work().output;
  detail::append_status_line(out, response);
  outgoing_.begin(is_own ? own : framing, with_body);
  if (outgoing_.kind() == detail::Outgoing::Kind::until_close) keep_alive_ = false;
  out.append(response.headers.text()).append(more);
  if (!is_own) detail::append_framing(out, response.status, framing);
  append_connection(out, response.headers);
  out.append("\r\n");
}
