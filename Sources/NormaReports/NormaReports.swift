// NormaReports
