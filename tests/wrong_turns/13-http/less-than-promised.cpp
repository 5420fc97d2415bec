// Name: Less than promised
// Says: your finish() ends a body that is shorter than its Content-Length
// Caught-by: Step2_Length.IsHeld

//: 13.2
inline void Outgoing::finish(std::string& out) {
  if (finished_) return;
  if (kind_ == Kind::chunks) out.append("0\r\n\r\n");
  finished_ = true;
}
