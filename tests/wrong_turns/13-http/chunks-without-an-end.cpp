// Name: Chunks without an end
// Says: your finish() does not write the chunk that ends the body
// Caught-by: Step2_Chunks.SayHowLongEachIs

//: 13.2
inline void Outgoing::finish(std::string& out) {
  if (finished_) return;
  if (kind_ == Kind::length && left_ > 0) {
    throw aio::InvalidStateError("finish: the body is shorter than its Content-Length");
  }
  finished_ = true;
}
