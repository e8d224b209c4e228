"""What happened on the road: loads, stops, milestones and documents."""
