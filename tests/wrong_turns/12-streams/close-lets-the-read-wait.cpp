// Name: A close that the reader does not hear of
// Says: your close() ends reading only when everything is sent; a read that waits is not told
// Caught-by: Step6_End.CloseEndsAReadThatWaits

//: 12.6
inline void StreamState::close() {
  if (std::exchange(closing_, true) || gone()) return;
  if (out_.empty() || loop() == nullptr || loop()->is_closed()) return shut_down();
  self_ = Ref<StreamState>(this);
  loop()->admit(*this);
}
