// Name: Woken by any byte
// Says: your stream wakes its reader when something has come, whatever it asked for
// Caught-by: Step4_Wait.UntilBytesCome, Step4_Wait.UntilThereIsEnough

//: 12.4
inline void StreamState::on_event(const PollEvent& event) {
  const bool broken = event.hangup || event.error;
  if (event.readable || event.ended || broken) readable_ = true;
  if (event.ended || event.hangup) no_more_ = true;
  if (event.writable || broken) {
    connecting_ = false;
    wake_all(connects_);
    if (!out_.empty()) flush();
  }
  if (readable_ && reader_ != nullptr) reader_->wake();
}
