// Name: A long line that stays
// Says: your read_line throws for a line that is too long, and finds the same line again the next
//   time
// Caught-by: Step2_Separator.TooMuchBeforeItIsAnError

//: 12.2
inline std::string ReadRequest::take_until(ByteBuffer& in, std::size_t limit) {
  find(in);
  if (const std::size_t before = before_separator(in); before > limit) {
    throw LimitOverrunError(before);
  }
  if (found_ != npos) return in.take(end_);
  if (kind_ == Kind::line) return in.take(in.size());
  throw IncompleteReadError(in.take(in.size()), std::nullopt);
}
