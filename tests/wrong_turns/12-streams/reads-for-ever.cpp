// Name: A reader that never makes way
// Says: your try_read() goes on as long as bytes come, and nobody else has a turn
// Caught-by: Step3_Read.OthersHaveTheirTurnToo

//: 12.3
inline bool StreamState::try_read(ReadRequest& request) {
  while (true) {
    if (error_ || request.satisfied(in_, ended_, options.limit)) return true;
    if (!readable_) return false;
    read_once(request.most(options.limit));
  }
}
