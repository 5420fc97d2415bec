// Name: The end that came with the last bytes
// Says: your stream waits for another event after a short read, and the end has been reported
//   already
// Caught-by: Step4_Wait.BytesComeBeforeTheEnd

//: 12.4
inline void StreamState::on_event(const PollEvent& event) {
  const bool broken = event.hangup || event.error;
  if (event.readable || event.ended || broken) readable_ = true;
  if (event.writable || broken) {
    connecting_ = false;
    wake_all(connects_);
    if (!out_.empty()) flush();
  }
  feed_reader();
}
