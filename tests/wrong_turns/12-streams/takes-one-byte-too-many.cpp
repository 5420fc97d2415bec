// Name: Waiting for more than was asked for
// Says: your read_exactly(n) waits for one byte more than n
// Caught-by: Step1_Ask.ExactlySoManyAreNotLess

//: 12.1
inline bool ReadRequest::satisfied(const ByteBuffer& in, bool ended, std::size_t limit) {
  if (ended) return true;
  switch (kind_) {
    case Kind::some:
      return count_ == 0 || !in.empty();
    case Kind::exactly:
      return in.size() > count_;
    case Kind::all:
      return false;
    default:
      return find(in) || before_separator(in) > limit;
  }
}
