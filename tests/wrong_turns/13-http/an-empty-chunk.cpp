// Name: An empty chunk
// Says: your append() writes an empty piece as a chunk of no bytes, which ends the body
// Caught-by: Step2_Chunks.SayHowLongEachIs

//: 13.2
inline void Outgoing::append(std::string& out, std::string_view piece) {
  if (finished_) throw aio::InvalidStateError("write: this message has no body, or its end is out");
  if (kind_ == Kind::length) {
    if (piece.size() > left_) {
      throw aio::InvalidStateError("write: the body is longer than its Content-Length");
    }
    left_ -= piece.size();
  }
  if (kind_ == Kind::chunks) {
    append_number(out, piece.size(), 16);
    out.append("\r\n");
  }
  out.append(piece);
  if (kind_ == Kind::chunks) out.append("\r\n");
}
