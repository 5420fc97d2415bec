// Name: Sent, and kept all the same
// Says: your write() keeps what it has sent already, and will send it again
// Caught-by: Step5_Write.SendsAtOnce

//: 12.5
inline void StreamState::write(std::string_view data) {
  if (eof_asked_) throw InvalidStateError("write: write_eof() has been called on this stream");
  if (data.empty()) return;
  if (gone()) return dropped_writes_.note(loop(), error_);
  if (out_.empty()) send_some(data);
  if (!gone()) out_.append(data);
}
