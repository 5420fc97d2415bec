// Name: Two framings at once
// Says: your write_head() adds a framing to the one that the headers have
// Caught-by: Step2_Response.HasTheFramingOfItsOwnHeaders

//: 13.2
inline void Connection::write_head(const Response& response, bool with_body,
                                   const detail::Framing& framing, std::string_view more) {
  check_may_write_head();
  std::string& out = work().output;
  detail::append_status_line(out, response);
  outgoing_.begin(framing, with_body);
  if (outgoing_.kind() == detail::Outgoing::Kind::until_close) keep_alive_ = false;
  out.append(response.headers.text()).append(more);
  detail::append_framing(out, response.status, framing);
  append_connection(out, response.headers);
  out.append("\r\n");
}
