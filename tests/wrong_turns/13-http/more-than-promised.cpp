// Name: More than promised
// Says: your append() writes more than the Content-Length
// Caught-by: Step2_Length.IsHeld

//: 13.2
inline void Outgoing::append(std::string& out, std::string_view piece) {
  if (piece.empty()) return;  // an empty chunk would end the body
  if (finished_) throw aio::InvalidStateError("write: this message has no body, or its end is out");
  if (kind_ == Kind::length) {
    left_ -= std::min<std::uint64_t>(left_, piece.size());
  }
  if (kind_ == Kind::chunks) {
    append_number(out, piece.size(), 16);
    out.append("\r\n");
  }
  out.append(piece);
  if (kind_ == Kind::chunks) out.append("\r\n");
}
