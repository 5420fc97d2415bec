// Name: A timer that is left behind
// Says: you hang up and leave the timer set, for a connection that is gone
// Caught-by: Use4c_Shouter.LeavesNothingBehind

//: use-4c
void Shouter::hang_up() noexcept {
  if (!is_open()) return;
  loop_.remove_reader(connection_.get());
  connection_.reset();
}
