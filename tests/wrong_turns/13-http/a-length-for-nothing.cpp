// Name: A length for nothing
// Says: your append_framing() gives a length to a response that has no body by definition
// Caught-by: Step2_Nothing.IsWhatSomeResponsesHaveForABody

//: 13.2
inline void append_framing(std::string& out, int status, const Framing& framing) {
  if (framing.chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (!framing.length) return;
  out.append("Content-Length: ");
  append_number(out, *framing.length);
  out.append("\r\n");
}
