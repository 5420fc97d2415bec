// Name: A reason ends the line
// Says: your append_status_line() writes a reason that has a line break in it
// Caught-by: Step2_StatusLine.CannotBeEndedByAReason

//: 13.2
inline void append_status_line(std::string& out, const Response& response) {
  if (response.status < 100 || response.status > 999) {
    throw std::invalid_argument("the status of a response has three digits");
  }
  const std::string_view reason =
      response.reason.empty() ? reason_of(response.status) : std::string_view(response.reason);
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<unsigned>(response.status));
  out.append(" ").append(reason).append("\r\n");
}
