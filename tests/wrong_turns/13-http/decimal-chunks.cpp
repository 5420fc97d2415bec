// Name: Chunks in decimal
// Says: your append() writes the length of a chunk in decimal, it is hexadecimal
// Caught-by: Step2_Chunks.SayHowLongEachIs

//: 13.2
inline void Outgoing::append(std::string& out, std::string_view piece) {
  if (piece.empty()) return;  // an empty chunk would end the body
  if (finished_) throw aio::InvalidStateError("write: this message has no body, or its end is out");
  if (kind_ == Kind::length) {
    if (piece.size() > left_) {
      throw aio::InvalidStateError("write: the body is longer than its Content-Length");
    }
    left_ -= piece.size();
  }
  if (kind_ == Kind::chunks) {
    append_number(out, piece.size());
    out.append("\r\n");
  }
  out.append(piece);
  if (kind_ == Kind::chunks) out.append("\r\n");
}
