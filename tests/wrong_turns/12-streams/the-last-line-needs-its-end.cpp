// Name: A last line that needs its end
// Says: your read_line() throws at the end of the stream, as read_until() does, instead of giving
//   what is left
// Caught-by: Step2_Separator.MayBeMissingAtTheEnd

//: 12.2
inline std::string ReadRequest::take_until(ByteBuffer& in, std::size_t limit) {
  find(in);
  if (const std::size_t before = before_separator(in); before > limit) {
    if (kind_ == Kind::line) in.drop(found_ != npos ? end_ : in.size());
    throw LimitOverrunError(before);
  }
  if (found_ != npos) return in.take(end_);
  throw IncompleteReadError(in.take(in.size()), std::nullopt);
}
