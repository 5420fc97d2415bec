// Name: Reading whatever there is
// Says: your stream reads as long as there is something, and the memory is as large as the other
//   side likes
// Caught-by: Step3_Read.ReadsNoMoreThanItNeeds

//: 12.3
inline bool StreamState::try_read(ReadRequest& request) {
  constexpr int turns = 16;  // then the others: a fast sender must not keep the loop
  for (int turn = 0; turn < turns; ++turn) {
    if (error_ || request.satisfied(in_, ended_, options.limit)) return true;
    if (!readable_) return false;
    while (readable_ && !ended_) read_once(std::string_view::npos);
  }
  return false;
}
