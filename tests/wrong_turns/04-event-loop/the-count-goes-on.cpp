// Name: A count that nobody starts again
// Says: you start to count once, so the silence is counted from the beginning
// Caught-by: Use4c_Shouter.EveryWordBuysTime

//: use-4c
void Shouter::wait_for_more() {
  if (end_of_patience_) return;
  end_of_patience_ = loop_.call_later(patience_, [this] {
    shout("bye");
    hang_up();
  });
}
