// Name: Nobody looks for separators
// Says: your satisfied() knows reads that count; one that looks for a separator waits for ever
// Caught-by: Step1_Ask.SeparatorsAreForThoseWhoLookForThem

//: 12.1
inline bool ReadRequest::satisfied(const ByteBuffer& in, bool ended, std::size_t limit) {
  (void)limit;
  if (ended) return true;
  switch (kind_) {
    case Kind::some:
      return count_ == 0 || !in.empty();
    case Kind::exactly:
      return in.size() >= count_;
    default:
      return false;
  }
}
