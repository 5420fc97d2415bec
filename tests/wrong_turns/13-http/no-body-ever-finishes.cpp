// Name: No body ever finishes
// Says: your finish() does not note that the body has ended
// Caught-by: Step2_Response.ComesWhenTheOneBeforeIsFinished

//: 13.2
inline void Outgoing::finish(std::string& out) {
  if (finished_) return;
  if (kind_ == Kind::length && left_ > 0) {
    throw aio::InvalidStateError("finish: the body is shorter than its Content-Length");
  }
  if (kind_ == Kind::chunks) out.append("0\r\n\r\n");
}
