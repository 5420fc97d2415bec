// Says: one } too many
int answer() { return 42; }
}  // here
