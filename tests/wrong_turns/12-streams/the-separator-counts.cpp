// Name: A separator that counts
// Says: your limit counts the separator, too, instead of what comes before it
// Caught-by: Step2_Separator.TooMuchBeforeItIsAnError

//: 12.2
inline std::string ReadRequest::take_until(ByteBuffer& in, std::size_t limit) {
  find(in);
  const std::size_t before = before_separator(in);
  if ((found_ != npos ? end_ : before) > limit) {
    if (kind_ == Kind::line) in.drop(found_ != npos ? end_ : in.size());
    throw LimitOverrunError(before);
  }
  if (found_ != npos) return in.take(end_);
  if (kind_ == Kind::line) return in.take(in.size());
  throw IncompleteReadError(in.take(in.size()), std::nullopt);
}
