// Says: where another is wanted
struct Deadline {};

void meet(const Deadline& deadline);

void answer() {
  const int seconds = 1;
  meet(seconds);  // here
}
