// Name: New bytes before old ones
// Says: your write() sends at once although older bytes wait
// Caught-by: Step5_Write.NothingOvertakesWhatWaits

//: 12.5
inline void StreamState::write(std::string_view data) {
  if (eof_asked_) throw InvalidStateError("write: write_eof() has been called on this stream");
  if (data.empty()) return;
  if (gone()) return dropped_writes_.note(loop(), error_);
  data.remove_prefix(send_some(data));
  if (!gone()) out_.append(data);
}
